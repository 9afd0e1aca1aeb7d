"""guahao: a city registers its public projects once and sees them through their approvals."""
