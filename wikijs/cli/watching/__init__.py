"""Commands that watch: plugins, the audit file, figures."""
