"""Who opens which route, written down a second time so that a change is never an accident.

`public` is anybody, `signed_in` whoever has signed in; else the roles. A route that is missing here fails the tests.
"""

PUBLIC, SIGNED_IN = "public", "signed_in"
SYSADMIN, SECADMIN, AUDITOR = {"sysadmin"}, {"secadmin"}, {"auditor"}

TABLE: dict[str, str | set[str]] = {
    "static": PUBLIC,
    "accounts.home": SIGNED_IN,
    "accounts.sign_in": PUBLIC,
    "accounts.sign_in_now": PUBLIC,
    "accounts.sign_out": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.password_now": SIGNED_IN,
    "accounts.language": PUBLIC,
    "administration.units": SYSADMIN,
    "administration.create_unit": SYSADMIN,
    "administration.unit": SYSADMIN,
    "administration.create_person": SYSADMIN,
    "administration.people": SYSADMIN | SECADMIN,
    "administration.person": SYSADMIN | SECADMIN,
    "administration.reset_password": SYSADMIN,
    "administration.set_active": SYSADMIN,
    "administration.revoke_token": SYSADMIN,
    "administration.set_roles": SECADMIN,
    "administration.events": AUDITOR,
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "docs.description": PUBLIC,
    "docs.page": PUBLIC,
    "docs.file": PUBLIC,
}
