"""Options of commands: in groups, from a file beside the scans, and as the shell completes them."""
