"""Pages as files: exporting a wiki into a folder or an archive, and importing it again.

Pure: `format` (a page as text, in the bytes of Wiki.js's own storage or with front matter in YAML) with `header`,
`names` (which file a page is), `plan` (what an import has to do). With files: `targets`, `sources`, `documents` (one
file of JSON or YAML), `notes` (of incremental exports). With a client: `reading`, `exporting`, `importing`,
`asset_export`, `asset_import`.
"""
