"""What is under test here is not collected: the miniature repository has tests of its own."""

collect_ignore = ["miniature"]
