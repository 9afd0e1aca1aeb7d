"""The messages about a verified file that is not the issued report: what it is, and what to do."""

from dataclasses import dataclass

from approvals.base.i18n import N_


@dataclass(frozen=True, slots=True)
class VerificationMessage:
    """The heading, what it means, and what to do."""

    head: str
    means: str
    do: str


_NOT_OURS = N_("Not ours")
_AGAIN = N_("Choose the PDF as it was handed out, or type the code on the last page of the paper.")
TOLD = {
    "added": VerificationMessage(
        N_("Changed after it was issued"),
        N_(
            "The file begins with the paper below, byte for byte, but something was added to it afterwards: remarks, a "
            "form, another signature, or what a program adds when it saves. What was added is not ours."
        ),
        N_("Rely on the paper as it was issued. Who sent you the file can send you the PDF as it was handed out."),
    ),
    "changed": VerificationMessage(
        N_("Changed after it was signed"),
        N_("The file bears this city's digital signature, but the signature does not fit what stands in the file."),
        N_("Do not rely on it. Ask the supervision office of the municipal government for the paper."),
    ),
    "unknown": VerificationMessage(
        N_("Signed by this city, but not issued"),
        N_("The digital signature is this city's and fits the file, but no paper with these bytes was issued here."),
        N_("Ask the supervision office of the municipal government before you rely on it."),
    ),
    "foreign": VerificationMessage(
        _NOT_OURS,
        N_("The file bears a digital signature that is not this city's, or that does not cover the whole file."),
        N_("If somebody else issued the paper, verify it with them."),
    ),
    "preview": VerificationMessage(
        N_("Not ours: a preview"),
        N_("By its own words the file is a preview: it has no number, was not issued, and its figures may change."),
        N_("Wait for the issued report, or ask the supervision office of the municipal government for it."),
    ),
    "saved": VerificationMessage(
        N_("Not the paper that was issued"),
        N_(
            "By its own words the file is the paper below or a translation of it, but its bytes are not those "
            "that were issued: it was translated, saved again by a program, or changed. Only the Chinese text is "
            "issued."
        ),
        _AGAIN,
    ),
    "empty": VerificationMessage(
        _NOT_OURS, N_("The file is empty."), N_("Download the paper again, then choose that file.")
    ),
    "no_pdf": VerificationMessage(
        _NOT_OURS,
        N_("The file is no PDF. A picture, a scan or a text cannot be compared with the paper."),
        _AGAIN,
    ),
    "cut": VerificationMessage(
        _NOT_OURS,
        N_("The file is not whole: its end is missing, as when a download was broken off."),
        N_("Download the paper again, then choose that file."),
    ),
    "other": VerificationMessage(
        _NOT_OURS,
        N_(
            "No paper was issued with these bytes. Scans, prints of a page, and papers that a program printed or saved "
            "as another PDF are not the issued file either; nor are other papers than reports and bulletins."
        ),
        _AGAIN,
    ),
}
