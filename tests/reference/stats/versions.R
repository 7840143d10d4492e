# The versions behind the committed numbers -> versions.txt
writeLines(c(R.version.string, paste("car", packageVersion("car")),
             paste("limma", packageVersion("limma")), paste("statmod", packageVersion("statmod")),
             R.version$platform),
           "versions.txt")
