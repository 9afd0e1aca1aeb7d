"""Texts in both languages of the product."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    zh: str
    en: str
