"""Stage: rules. Input: equations. Output: equations, and the second route that holds each rule to account."""
