"""Pages as files: exporting a wiki into a folder or an archive, and importing it again.

`format` holds a page as a file in the very bytes of Wiki.js's own Git and disk storage, or with front matter in YAML;
`names` says which file a page is. Both are pure.
"""
