// The project's scripts run on Node 20 too; the functions run on 24.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
