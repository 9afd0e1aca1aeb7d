"""The messages about a verified file that is not the issued report: what it is, and what to do."""

from dataclasses import dataclass

from approvals.base.i18n import N_


@dataclass(frozen=True, slots=True)
class VerificationMessage:
    """The heading, what it means, and what to do."""

    head: str
    means: str
    do: str


_NOT_OURS = N_("Not issued here")
_AGAIN = N_("Select the PDF as it was handed out, or enter the code on the last page of the document.")
TOLD = {
    "added": VerificationMessage(
        N_("Changed after it was issued"),
        N_(
            "The file contains the document below unchanged, but something was added afterwards: comments, a"
            " form, another signature, or data added by a program on saving. The additions were not issued "
            "here."
        ),
        N_("Rely on the document as issued. Ask the sender of the file for the original PDF."),
    ),
    "changed": VerificationMessage(
        N_("Changed after signing"),
        N_("The file has a digital signature of this city, but the signature does not match its content."),
        N_("Do not rely on it. Request the document from the supervision office of the municipal government."),
    ),
    "unknown": VerificationMessage(
        N_("Signed by this city, but not issued"),
        N_(
            "The digital signature is valid and belongs to this city, but no document identical to this file"
            " was issued here."
        ),
        N_("Ask the supervision office of the municipal government before you rely on it."),
    ),
    "foreign": VerificationMessage(
        _NOT_OURS,
        N_("The file has a digital signature that is not this city's or does not cover the whole file."),
        N_("If someone else issued the document, verify it with them."),
    ),
    "preview": VerificationMessage(
        N_("Not issued: a preview"),
        N_("The file says that it is a preview: it has no number, was not issued, and its figures may change."),
        N_("Wait for the issued report or request it from the supervision office of the municipal government."),
    ),
    "saved": VerificationMessage(
        N_("Not the issued document"),
        N_(
            "The file says that it is the document below or a translation of it, but it is not identical to "
            "the issued file: it was translated, saved again by a program, or changed. Only the Chinese text"
            " is issued."
        ),
        _AGAIN,
    ),
    "empty": VerificationMessage(
        _NOT_OURS, N_("The file is empty."), N_("Download the document again, then select that file.")
    ),
    "no_pdf": VerificationMessage(
        _NOT_OURS,
        N_("The file is not a PDF. Pictures, scans and text files cannot be compared with the document."),
        _AGAIN,
    ),
    "cut": VerificationMessage(
        _NOT_OURS,
        N_("The file is incomplete: its end is missing, as after an interrupted download."),
        N_("Download the document again, then select that file."),
    ),
    "other": VerificationMessage(
        _NOT_OURS,
        N_(
            "No document identical to this file was issued. Scans, printouts and PDFs saved again by a "
            "program are not the issued file. Only reports and bulletins can be verified."
        ),
        _AGAIN,
    ),
}
