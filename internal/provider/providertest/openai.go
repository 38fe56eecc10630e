package providertest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
)

// OpenAI returns the chat-completions format.
func OpenAI() Wire {
	type object = map[string]any
	line := func(v any) string {
		raw, _ := json.Marshal(v)
		return "data: " + string(raw) + "\n\n"
	}
	body := func(v any) string {
		raw, _ := json.Marshal(v)
		return string(raw)
	}
	failure := func(code, text string) object {
		return object{"error": object{"message": text, "type": "some_type", "code": code}}
	}
	usage := func(in, out, cached int) object {
		return object{"prompt_tokens": in, "completion_tokens": out, "prompt_tokens_details": object{"cached_tokens": cached}}
	}
	return Wire{
		Delta: func(text string) string {
			return line(object{"model": "some-model", "usage": nil, "choices": []object{{"index": 0, "delta": object{"content": text}, "finish_reason": nil}}})
		},
		Finish: func(reason string) string {
			return line(object{"choices": []object{{"index": 0, "delta": object{"content": nil}, "finish_reason": reason}}})
		},
		Usage: func(in, out, cached int) string {
			return line(object{"choices": []object{}, "usage": usage(in, out, cached)})
		},
		Done:   "data: [DONE]\n\n",
		Broken: func(code, text string) string { return line(failure(code, text)) },
		Whole: func(text string, in, out int) string {
			return body(object{"model": "some-model", "usage": usage(in, out, 0),
				"choices": []object{{"index": 0, "message": object{"role": "assistant", "content": text}, "finish_reason": "stop"}}})
		},
		Failure: func(code, text string) string { return body(failure(code, text)) },
		Models: func(names ...string) string {
			list := []object{}
			for _, n := range names {
				list = append(list, object{"id": n, "object": "model"})
			}
			return body(object{"object": "list", "data": list})
		},
		Allowed: func(r *http.Request, key string) bool {
			return r.Method == http.MethodPost && r.URL.Path == "/v1/chat/completions" && r.Header.Get("Authorization") == "Bearer "+key
		},
		Check: func(t *testing.T, got map[string]any) {
			t.Helper()
			want := object{
				"model": "some-model", "temperature": 0.5, "max_tokens": 64.0, "seed": 7.0,
				"stream": true, "stream_options": object{"include_usage": true},
				"messages": []any{object{"role": "system", "content": "Be brief."}, object{"role": "user", "content": "Say hello."}},
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("request: got %v, want %v", got, want)
			}
		},
	}
}
