"""Projects, funds and zones: what was said of them, by whom and when, taken apart but never added up wrongly."""
