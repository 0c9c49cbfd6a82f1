"""The worker processes: how they are started, what each holds, and how a lost one is replaced."""
