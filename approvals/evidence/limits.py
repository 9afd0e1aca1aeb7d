"""What is asked of the process that reads pictures, and what it answers."""

PICTURE, PREVIEW = "picture", "preview"  # both copies of a photograph; a small one of a picture or a first page
DONE, UNREADABLE, TOO_MANY_PIXELS = 0, 4, 5  # exit statuses
MEMORY, SECONDS = 3 * 512 * 1024**2, 30  # bytes of address space; of the processor
MOST_PIXELS = 100_000_000
COPY, THUMBNAIL = 2048, 320  # pixels of the longer side at most
QUALITY = 85  # of JPEG
