"""Verdicts and decisions for other programs: ClaimReview, PROV-JSON, data packages (docs/howto/review-claims.md)."""
