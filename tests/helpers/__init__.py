"""What several tests share: drawings, pages, output folders, stubs of other programs and ways to start profilex."""
