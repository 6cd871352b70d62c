"""Pooled funds of the council and the NHS, untangled: what each penny bought, for whom, who pays it, and why."""
