from apig_wsgi import make_lambda_handler

from site_of_ours import application

lambda_handler = make_lambda_handler(application)
