"""A yard's calendar and income as files, behind signed links."""
