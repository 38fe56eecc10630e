// Command build bundles the static folder into static/dist. Run it from the
// root of the repository.
package main

import (
	"fmt"
	"os"

	"github.com/assay-bench/assay/web/asset"
)

func main() {
	if err := asset.Build("static", "static/dist"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
