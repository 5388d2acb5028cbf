"""Parts of reading an answer that stand on their own."""
