package runs

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAThousandViewersCostOneRendering(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := newFeeds()
		var renders atomic.Int32
		render := func(context.Context) (frame, error) {
			return frame{pos: 10 * int64(renders.Add(1)), parts: []part{{"a", "b"}}}, nil
		}
		var group sync.WaitGroup
		for range 1000 {
			group.Go(func() {
				shared, leave := all.join(feedKey{run: numbered(1)})
				defer leave()
				for _, pos := range []int64{1, 11} {
					f, err := shared.after(t.Context(), pos, render)
					if err != nil || f.pos < pos {
						t.Errorf("got %d, %v, want %d at least", f.pos, err, pos)
					}
				}
			})
		}
		group.Wait()
		if got := renders.Load(); got != 2 {
			t.Errorf("renderings: got %d, want 2", got)
		}
		if len(all.list) != 0 {
			t.Errorf("feeds left: %d", len(all.list))
		}
	})
}

func TestFramesKeepThePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared, leave := newFeeds().join(feedKey{})
		defer leave()
		start := time.Now()
		for i := range int64(5) {
			if _, err := shared.after(t.Context(), i, func(context.Context) (frame, error) {
				return frame{pos: i, parts: []part{{}}}, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(start); got != 4*pace {
			t.Errorf("five frames took %v, want %v", got, 4*pace)
		}
	})
}

func TestAFailedRenderingIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared, leave := newFeeds().join(feedKey{})
		defer leave()
		wrong := errors.New("wrong")
		if _, err := shared.after(t.Context(), 1, func(context.Context) (frame, error) { return frame{}, wrong }); !errors.Is(err, wrong) {
			t.Errorf("got %v, want %v", err, wrong)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := shared.after(gone, 1, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that of the context", err)
		}
		f, err := shared.after(t.Context(), 1, func(context.Context) (frame, error) { return frame{pos: 1, parts: []part{{}}}, nil })
		if err != nil || f.pos != 1 {
			t.Errorf("got %+v, %v", f, err)
		}
	})
}
