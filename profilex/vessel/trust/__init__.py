"""How far a vessel can be trusted: the check against the scan, the confidence, and the review reasons."""
