"""The prompt of `wikijs interactive` and `wikijs graphql`: what may come next, from commands, the wiki and the schema.

`command_words` completes command lines, `wiki_words` names things of the wiki, `graphql_words` completes GraphQL,
`loop` shows the prompt. Only `loop` knows prompt_toolkit.
"""
