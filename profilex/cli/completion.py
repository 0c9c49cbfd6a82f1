"""What the shell offers for the values of options; called by its completion only."""


def model_names(incomplete: str) -> list[str]:
    """Names of the models that are installed."""
    from profilex.model import list_models

    return [model.name for model in list_models() if model.name.startswith(incomplete)]
