"""Projects in the form of the Open Contracting for Infrastructure Data Standard, out and in."""
