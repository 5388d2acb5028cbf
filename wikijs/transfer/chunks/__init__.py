"""The wiki in pieces, for search and for language models; and its llms.txt.

from wikijs.transfer.chunks import ChunkOptions, export_chunks

report = export_chunks(client, "chunks.jsonl", ChunkOptions(folder="docs"), state="chunks.state")
"""

from __future__ import annotations

from .exporting import ChunkOptions, ChunkReport, export_chunks
from .llms import llms_txt

__all__ = ["ChunkOptions", "ChunkReport", "export_chunks", "llms_txt"]
