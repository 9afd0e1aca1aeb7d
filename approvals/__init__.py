"""guahao: a city registers its public projects once and sees them through their approvals."""

__version__ = "0.2.0"  # read from here by the package, the command line and the description of the API
