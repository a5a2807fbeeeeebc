"""Questions in words, compiled to queries over the graph: words, grammar, meaning, names, query, answer, in this order."""
