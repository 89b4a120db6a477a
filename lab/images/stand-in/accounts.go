package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"unicode"
)

// Accounts are the requests by which the real program gives itself to whoever signs up first: they take JSON with email
// and password, and the stand-in keeps what they make in its database.
type Accounts struct {
	// SignUp is the path that makes an account; a second one of the same name is refused.
	SignUp string `json:"signUp"`
	// SignIn is the path that tells the right password from others.
	SignIn string `json:"signIn"`
	// Within names the member of a sign-up that holds email and password. Default: they lie in the request itself.
	Within string `json:"within"`
	// Mixed demands a letter of each case, a digit and a sign of a new password.
	Mixed bool `json:"mixed"`
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// digest is what the database holds in the password's place.
func (c credentials) digest() string {
	sum := sha256.Sum256([]byte(c.Email + "\x00" + c.Password))
	return hex.EncodeToString(sum[:])
}

// takes says whether a request is about accounts.
func (a *Accounts) takes(request *http.Request) bool {
	return a != nil && request.Method == http.MethodPost && (request.URL.Path == a.SignUp || request.URL.Path == a.SignIn)
}

func (a *Accounts) answer(request *http.Request, database *Database) Answer {
	given, err := a.read(request)
	if err != nil {
		return refusal(http.StatusBadRequest, err.Error())
	}
	ask := a.signUp
	if request.URL.Path == a.SignIn {
		ask = signIn
	}
	answer, err := ask(request.Context(), database, given)
	if err != nil {
		log.Printf("accounts: %v", err)
		return refusal(http.StatusInternalServerError, "the database does not answer")
	}
	return answer
}

func (a *Accounts) read(request *http.Request) (credentials, error) {
	var given credentials
	text, err := io.ReadAll(io.LimitReader(request.Body, 1<<16))
	if err != nil {
		return given, err
	}
	if a.Within != "" && request.URL.Path == a.SignUp {
		members := map[string]json.RawMessage{}
		if err := json.Unmarshal(text, &members); err != nil {
			return given, fmt.Errorf("expected JSON with %s: %w", a.Within, err)
		}
		text = members[a.Within]
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return given, fmt.Errorf("expected JSON with email and password: %w", err)
	}
	return given, nil
}

func (a *Accounts) signUp(ctx context.Context, database *Database, given credentials) (Answer, error) {
	if len(given.Password) < 8 || (a.Mixed && !isMixed(given.Password)) {
		return refusal(http.StatusUnprocessableEntity, "the password does not follow the rules"), nil
	}
	rows, err := database.accounts(ctx,
		"INSERT INTO stand_in_accounts VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING email", given.Email, given.digest())
	if err != nil || rows == 0 {
		return refusal(http.StatusUnprocessableEntity, "there is an account of that name"), err
	}
	return Answer{Status: http.StatusCreated, Type: "application/json", Body: "{}\n"}, nil
}

func signIn(ctx context.Context, database *Database, given credentials) (Answer, error) {
	rows, err := database.accounts(ctx,
		"SELECT email FROM stand_in_accounts WHERE email = $1 AND digest = $2", given.Email, given.digest())
	if err != nil || rows == 0 {
		return refusal(http.StatusUnauthorized, "wrong name or password"), err
	}
	return Answer{Type: "application/json", Body: "{}\n"}, nil
}

func isMixed(password string) bool {
	has := func(kind func(rune) bool) bool { return strings.IndexFunc(password, kind) >= 0 }
	sign := func(letter rune) bool { return strings.ContainsRune(`!@#$%^&*(),.?":{}|<>`, letter) }
	return has(unicode.IsUpper) && has(unicode.IsLower) && has(unicode.IsDigit) && has(sign)
}

func refusal(status int, why string) Answer {
	text, _ := json.Marshal(map[string]string{"error": why})
	return Answer{Status: status, Type: "application/json", Body: string(text) + "\n"}
}
