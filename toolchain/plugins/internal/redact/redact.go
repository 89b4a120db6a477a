// Package redact keeps the secret inputs of a resource out of the engine's log and out of error messages.
package redact

import (
	"context"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// shortest is the length from which a secret is masked. Masking shorter ones would shred ordinary text.
const shortest = 4

const mask = "[secret]"

type contextKey struct{}

// Context remembers every secret string in the property maps, so that Text can mask it.
func Context(ctx context.Context, maps ...property.Map) context.Context {
	var secrets []string
	for _, m := range maps {
		secrets = collect(secrets, property.New(m), false)
	}
	// The longest first: a secret may contain another one.
	sort.Slice(secrets, func(i, j int) bool { return len(secrets[i]) > len(secrets[j]) })
	return context.WithValue(ctx, contextKey{}, secrets)
}

// Text returns the text with every secret of the context masked.
func Text(ctx context.Context, text string) string {
	secrets, _ := ctx.Value(contextKey{}).([]string)
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, mask)
	}
	return text
}

func collect(secrets []string, value property.Value, inSecret bool) []string {
	inSecret = inSecret || value.Secret()
	switch {
	case value.IsString() && inSecret:
		return appendSecret(secrets, value.AsString())
	case value.IsArray():
		for _, element := range value.AsArray().All {
			secrets = collect(secrets, element, inSecret)
		}
	case value.IsMap():
		for _, element := range value.AsMap().All {
			secrets = collect(secrets, element, inSecret)
		}
	}
	return secrets
}

// appendSecret also adds each line of the secret, because logs are written line by line.
func appendSecret(secrets []string, secret string) []string {
	for _, part := range append(strings.Split(secret, "\n"), secret) {
		part = strings.TrimSpace(part)
		if len(part) >= shortest {
			secrets = append(secrets, part)
		}
	}
	return secrets
}
