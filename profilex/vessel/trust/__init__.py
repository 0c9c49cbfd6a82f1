"""How far a vessel can be believed: the check against the scan, the confidence, and the reasons for review."""
