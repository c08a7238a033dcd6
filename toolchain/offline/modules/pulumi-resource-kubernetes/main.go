// Pulumi's own Kubernetes provider, as an executable. Its release embeds the schema for other languages'
// programs and the mapping for converters; the engine asks for neither when it runs a Node.js program.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// The release whose commit go.mod pins.
const version = "4.25.0"

func main() {
	provider.Serve("kubernetes", version, []byte("{}"), []byte("{}"))
}
