"""Files that are no pages, such as images: kept the same in the folder and in the wiki, by the same rules as pages."""
