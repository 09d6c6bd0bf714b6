"""One module a format, and how a file's format is told from its content."""
