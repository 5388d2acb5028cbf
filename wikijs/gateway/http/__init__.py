"""HTTP as the gateway speaks it: problems, tags of states, paging, request ids, compression."""
