# The versions behind the committed numbers -> versions.txt
writeLines(c(R.version.string, paste("limma", packageVersion("limma")), R.version$platform),
           "versions.txt")
