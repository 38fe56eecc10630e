package app

import (
	"github.com/assay-bench/assay/static"
	"github.com/assay-bench/assay/web/asset"
)

// loadAssets reads the style sheet, script and fonts that the binary carries.
func loadAssets() (*asset.Assets, error) {
	return asset.Load(static.Dist())
}
