"""The processes that do pages: where they come from, what each holds, and how a lost one is replaced."""
