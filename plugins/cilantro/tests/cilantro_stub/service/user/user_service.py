"""Who asks."""


class _Auth:
    @staticmethod
    def login_required(view):
        return view

    @staticmethod
    def username():
        return "tester"


auth = _Auth()
