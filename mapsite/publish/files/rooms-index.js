// A CloudFront function for the event "viewer request": folders answer with their page.
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) {
    request.uri += "index.html";
  } else if (/^\/t\/[a-z2-7]{26}(\/changes)?$/.test(request.uri)) {
    return {
      statusCode: 301,
      statusDescription: "Moved Permanently",
      headers: { location: { value: request.uri + "/" } },
    };
  }
  return request;
}
