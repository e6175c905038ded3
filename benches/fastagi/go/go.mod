module fastagi

go 1.19
