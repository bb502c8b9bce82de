"""Every read of the patients' room."""

from cuspide.patients.selectors.coverage import AmcAt, AmoAt, CoverageAt, ExemptionAt, coverage_at

__all__ = ["AmcAt", "AmoAt", "CoverageAt", "ExemptionAt", "coverage_at"]
