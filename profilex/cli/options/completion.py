"""Values of options that the shell offers; called only by its completion."""


def model_names(incomplete: str) -> list[str]:
    """Names of the models that are installed."""
    from profilex.model import list_models

    return [model.name for model in list_models() if model.name.startswith(incomplete)]
