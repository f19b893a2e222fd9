"""Must this package be accepted? Counts, names, schema, values, pictures."""

from extract.acceptance.findings import Finding
from extract.acceptance.package import PackageFiles, check_package, find_packages
from extract.acceptance.together import check_together

__all__ = ["Finding", "PackageFiles", "check_package", "check_together", "find_packages"]
