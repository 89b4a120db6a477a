package random

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
)

const (
	lowerCharacters   = "abcdefghijklmnopqrstuvwxyz"
	upperCharacters   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numericCharacters = "0123456789"
	// specialCharacters are those of the official provider, so that a program gets the same alphabet from both.
	specialCharacters = "!@#$%&*()-_=+[]{}<>:?"
)

// group is a set of characters of which the text holds at least min.
type group struct {
	characters string
	allowed    bool
	min        int
}

func (in passwordInputs) groups() []group {
	special := specialCharacters
	if in.OverrideSpecial != nil && *in.OverrideSpecial != "" {
		special = *in.OverrideSpecial
	}
	return []group{
		{upperCharacters, *in.Upper, *in.MinUpper},
		{lowerCharacters, *in.Lower, *in.MinLower},
		{numericCharacters, *in.Numeric, *in.MinNumeric},
		{special, *in.Special, *in.MinSpecial},
	}
}

// generate makes a text of in.Length characters. Every character is drawn with equal probability from its alphabet, and
// every order of the characters is equally likely.
func (in passwordInputs) generate() (string, error) {
	var alphabet, text []rune
	for _, g := range in.groups() {
		if g.allowed {
			alphabet = append(alphabet, []rune(g.characters)...)
		}
		drawn, err := draw([]rune(g.characters), g.min)
		if err != nil {
			return "", err
		}
		text = append(text, drawn...)
	}
	rest, err := draw(alphabet, in.Length-len(text))
	if err != nil {
		return "", err
	}
	text = append(text, rest...)
	if err := shuffle(text); err != nil {
		return "", err
	}
	return string(text), nil
}

func draw(alphabet []rune, count int) ([]rune, error) {
	if count > 0 && len(alphabet) == 0 {
		return nil, errors.New("no characters to choose from: allow at least one of upper, lower, numeric and special")
	}
	drawn := make([]rune, max(count, 0))
	for i := range drawn {
		at, err := below(len(alphabet))
		if err != nil {
			return nil, err
		}
		drawn[i] = alphabet[at]
	}
	return drawn, nil
}

// shuffle is the Fisher-Yates shuffle.
func shuffle(text []rune) error {
	for i := len(text) - 1; i > 0; i-- {
		j, err := below(i + 1)
		if err != nil {
			return err
		}
		text[i], text[j] = text[j], text[i]
	}
	return nil
}

// below returns an unbiased random number in [0, limit).
func below(limit int) (int, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		return 0, fmt.Errorf("reading random numbers from the system: %w", err)
	}
	return int(n.Int64()), nil
}
