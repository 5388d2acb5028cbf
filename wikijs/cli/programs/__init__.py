"""Commands that start a program: the sandbox, the playground, the prompt."""
