"""The book's package for the national import: xlsx, zip of PDFs, manifest."""

from extract.deliver.package import DeliverOptions, Package, deliver

__all__ = ["DeliverOptions", "Package", "deliver"]
