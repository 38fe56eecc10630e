package ui

import (
	"context"
	"maps"

	"github.com/a-h/templ"
)

// HX returns attrs with the page's nonce, without which the htmx attributes of
// an element are stripped where pages carry one. Give it every set of Attrs
// that holds an hx-*: HX(ctx, templ.Attributes{"hx-get": "/runs"}).
func HX(ctx context.Context, attrs templ.Attributes) templ.Attributes {
	nonce := templ.GetNonce(ctx)
	if nonce == "" {
		return attrs
	}
	out := maps.Clone(attrs)
	out["hx-nonce"] = nonce
	return out
}
