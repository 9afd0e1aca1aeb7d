"""Personal telephone numbers and mail addresses as those see them who need not know them."""


def mask_phone(number: str) -> str:
    """138****5678: the first three and the last four digits; of a short number the last two."""
    digits = [at for at, char in enumerate(number) if char.isdigit()]
    first, last = (3, 4) if len(digits) >= 10 else (0, 2)
    hidden = set(digits[first : len(digits) - last])
    return "".join("*" if at in hidden else char for at, char in enumerate(number))


def mask_email(address: str) -> str:
    """z***@x.cn: the first letter and the domain."""
    name, at, domain = address.partition("@")
    return f"{name[:1] if len(name) > 1 else ''}***{at}{domain}" if address else ""
