"""The two functions that run at CloudFront's edge: the viewer function (JavaScript) and the edge function (Python)."""
