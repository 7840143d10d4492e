# The versions behind the committed numbers -> versions.txt
writeLines(c(R.version.string, paste("car", packageVersion("car")), R.version$platform),
           "versions.txt")
