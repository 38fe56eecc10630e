package shell

import (
	"net/http"
	"net/url"
	"strings"
)

const themeCookie = "theme"

// ThemeOf returns the theme that the viewer chose: "light", "dark", or "" for
// what their system says.
func ThemeOf(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// SetTheme answers POST /theme: it keeps the choice in a cookie for a year and
// leads back to the page it came from.
func SetTheme(w http.ResponseWriter, r *http.Request) {
	cookie := &http.Cookie{
		Name: themeCookie, Value: r.PostFormValue("theme"), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	}
	if cookie.Value != "light" && cookie.Value != "dark" {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, localPath(r.PostFormValue("back")), http.StatusSeeOther)
}

// localPath returns the path if it is one of this site, "/" otherwise.
func localPath(path string) string {
	// Browsers read // and \ after the first slash as the start of another host.
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return "/"
	}
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	return u.RequestURI()
}
